using System.Globalization;
using PerfLog.Server.Output;
using Spectre.Console;

namespace PerfLog.Server.Demo;

/// <summary>Shows how far a long piece of work is: a bar on a terminal, a line for each tenth elsewhere.</summary>
internal sealed class ProgressDisplay(TextWriter output)
{
    /// <param name="title">What is being done.</param>
    /// <param name="total">How much there is.</param>
    /// <param name="work">Is given a way to report how much is done.</param>
    public async Task<T> ShowAsync<T>(string title, long total, Func<Action<long>, Task<T>> work)
    {
        if (!Terminal.IsInteractive(output)) return await work(new TenthLines(output, title, total).Report);
        return await Terminal.On(output).Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(title), maxValue: Math.Max(total, 1));
                T result = await work(done => bar.Value = done);
                bar.Value = bar.MaxValue;
                return result;
            });
    }

    /// <summary>Lines for a log file: "Sending 10 %", "Sending 20 %", ...</summary>
    private sealed class TenthLines(TextWriter output, string title, long total)
    {
        private long _tenths;

        public void Report(long done)
        {
            long tenths = total == 0 ? 10 : done * 10 / total;
            if (tenths <= _tenths) return;
            _tenths = tenths;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title} {tenths * 10} %"));
        }
    }
}
