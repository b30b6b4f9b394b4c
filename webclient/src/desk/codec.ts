// The codecs of the warm connection: both laws of G.711, and keys.

interface Codec {
  mimeType: string;
  clockRate: number;
}

const WANTED = ["audio/pcmu", "audio/pcma", "audio/telephone-event"];

/** Keeps PCMU, PCMA and telephone-event at 8 kHz, in this order. */
export function lawsFirst<C extends Codec>(codecs: readonly C[]): C[] {
  const rank = (codec: C) => WANTED.indexOf(codec.mimeType.toLowerCase());
  return codecs
    .filter((codec) => rank(codec) >= 0 && codec.clockRate === 8000)
    .sort((a, b) => rank(a) - rank(b));
}

/** Finds the negotiated codec for a law, "PCMU" or "PCMA". */
export function codecFor<C extends Codec>(law: string, codecs: readonly C[]): C | undefined {
  const type = `audio/${law.toLowerCase()}`;
  return codecs.find((codec) => codec.mimeType.toLowerCase() === type);
}
