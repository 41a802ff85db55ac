using System.Buffers;
using System.Text;
using System.Text.Json;
using PerfLog.Storage.Doctor;

namespace PerfLog.Server.Doctor;

/// <summary>What the doctor says, to people and to programs.</summary>
internal sealed class DoctorReport(DoctorOptions options, Examination before)
{
    public Examination? After { get; set; }

    public (int Logs, long Batches)? Salvaged { get; set; }

    private int Problems => CountProblems(before);

    public void WriteText(TextWriter output)
    {
        foreach (Finding finding in before.Findings) WriteFinding(output, finding);
        if (Salvaged is { } salvaged) output.WriteLine($"{salvaged.Batches} good batches of {salvaged.Logs} damaged logs were copied to {options.SalvageTo}.");
        output.WriteLine(Summary());
    }

    public void WriteJson(TextWriter output)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) WriteObject(json);
        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private static void WriteFinding(TextWriter output, Finding finding)
    {
        bool isProblem = finding.Severity == FindingSeverity.Problem;
        output.WriteLine($"{(isProblem ? "PROBLEM" : "note   ")}  {finding.Path}: {finding.What}.");
        if (finding.Repair is { } repair) output.WriteLine($"         A repair {repair}. It loses {finding.Loss}.");
        else if (isProblem) output.WriteLine("         There is no repair for it.");
    }

    private string Summary()
    {
        string seen = $"{before.Logs} logs, {before.GoodBatches} good batches";
        if (!before.HasProblems) return $"{seen}: nothing is wrong.";
        if (After is null) return $"{seen}, {Problems} problems. Nothing was changed; --repair does what is said above.";
        return After.HasProblems
            ? $"{seen}, {Problems} problems, of which {CountProblems(After)} are left after the repair."
            : $"{seen}, {Problems} problems, all repaired.";
    }

    private void WriteObject(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("directory", options.Directory);
        json.WriteNumber("logs", before.Logs);
        json.WriteNumber("goodBatches", before.GoodBatches);
        json.WriteNumber("problems", Problems);
        if (After is not null) json.WriteNumber("problemsAfterRepair", CountProblems(After));
        if (Salvaged is { } salvaged) json.WriteNumber("salvagedBatches", salvaged.Batches);
        json.WriteStartArray("findings");
        foreach (Finding finding in before.Findings) WriteFinding(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("path", finding.Path);
        json.WriteString("severity", finding.Severity == FindingSeverity.Problem ? "problem" : "note");
        json.WriteString("what", finding.What);
        json.WriteString("repair", finding.Repair);
        json.WriteString("loss", finding.Loss);
        json.WriteEndObject();
    }

    private static int CountProblems(Examination examination) =>
        examination.Findings.Count(static finding => finding.Severity == FindingSeverity.Problem);
}
