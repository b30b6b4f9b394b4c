/** Does something now and then every so many ms after it was done, until the returned function stops it. */
export function every(ms: number, work: (signal: AbortSignal) => Promise<void>): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const round = async (): Promise<void> => {
    await work(stop.signal);
    if (!stop.signal.aborted) timer = setTimeout(() => void round(), ms);
  };
  void round();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
