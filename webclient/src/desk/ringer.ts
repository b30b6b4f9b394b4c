// The ring on the loudspeaker: two tones, 1 s on, 2 s off, made here.

export class Ringer {
  #context: AudioContext | null = null;
  #stop: (() => void) | null = null;

  /** Wakes the loudspeaker; must run inside a click ("Go ready"). */
  unlock(): void {
    this.#context ??= new AudioContext();
    void this.#context.resume();
  }

  start(): void {
    this.stop();
    const context = this.#context;
    if (context?.state !== "running") return; // never unlocked: the page rings without sound
    const gain = context.createGain();
    gain.gain.value = 0;
    gain.connect(context.destination);
    const tones = [440, 480].map((frequency) => {
      const tone = context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(gain);
      tone.start();
      return tone;
    });
    const ring = () => {
      const now = context.currentTime;
      gain.gain.setTargetAtTime(0.12, now, 0.02);
      gain.gain.setTargetAtTime(0, now + 1, 0.02);
    };
    ring();
    const cadence = setInterval(ring, 3000);
    this.#stop = () => {
      clearInterval(cadence);
      for (const tone of tones) tone.stop();
      gain.disconnect();
    };
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }
}
