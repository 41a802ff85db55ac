using System.Diagnostics;

namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>Sends the same frames over and over and keeps a number of them in flight. Allocates nothing per frame.</summary>
/// <param name="Frames">What goes out in one piece: one or more whole frames.</param>
/// <param name="FramesPerSend">The number of frames in it.</param>
/// <param name="InFlightMax">The frames sent but not answered at any time.</param>
/// <param name="Check">Throws unless an answer is a good one.</param>
internal sealed record PipelinedSending(
    byte[] Frames, int FramesPerSend, int InFlightMax, PipelinedSending.AnswerCheck Check)
{
    public delegate void AnswerCheck(ReadOnlySpan<byte> answer);

    /// <summary>A piece is half of what may be in flight: one half goes out while the other is answered.</summary>
    public static PipelinedSending Of(byte[] frame, int inFlightMax, AnswerCheck check, int framesPerSendMax = int.MaxValue)
    {
        int framesPerSend = Math.Clamp(inFlightMax / 2, 1, framesPerSendMax);
        byte[] frames = new byte[frame.Length * framesPerSend];
        for (int index = 0; index < framesPerSend; index++) frame.CopyTo(frames, index * frame.Length);
        return new PipelinedSending(frames, framesPerSend, inFlightMax, check);
    }

    /// <summary>The time that <paramref name="count"/> frames take, from the first byte to the last answer.</summary>
    public TimeSpan Run(FrameConnection connection, int count)
    {
        long began = Stopwatch.GetTimestamp();
        int toSend = count - (count % FramesPerSend);
        int sent = 0;
        int answered = 0;
        while (answered < toSend)
        {
            for (; sent < toSend && sent - answered + FramesPerSend <= InFlightMax; sent += FramesPerSend)
            {
                connection.Send(Frames);
            }

            do
            {
                Check(connection.ReceiveFrame());
                answered++;
            }
            while (connection.HasWholeFrame);
        }

        return Stopwatch.GetElapsedTime(began) * ((double)count / toSend);
    }
}
