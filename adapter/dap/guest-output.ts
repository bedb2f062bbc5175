// Guest output as text events: characters that are split between two writes are put together again.

type Stream = "stdout" | "stderr";

export class GuestOutput {
  private readonly send: (stream: Stream, text: string) => void;
  private decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  constructor(send: (stream: Stream, text: string) => void) {
    this.send = send;
  }

  write(stream: Stream, data: Uint8Array): void {
    // The data may be in shared memory, which decoders refuse.
    const text = this.decoders[stream].decode(data.slice(), { stream: true });
    if (text) this.send(stream, text);
  }

  /** Half a character that will not be completed is shown as such. */
  flush(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const text = this.decoders[stream].decode();
      if (text) this.send(stream, text);
    }
  }
}
