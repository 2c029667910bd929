/**
 * Lets many who ask for the same thing at once share one reading of it. A reading that has begun already is not shared with who comes
 * later: what is read is never older than the question.
 */
export class JoinedReads<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly waiting = new Map<string, Promise<T>>();

  read(key: string, load: () => Promise<T>): Promise<T> {
    const queued = this.waiting.get(key);
    if (queued) return queued;
    const before = this.running.get(key);
    if (!before) return this.begin(key, load);
    const follow = () => {
      this.waiting.delete(key);
      return this.begin(key, load);
    };
    const result = before.then(follow, follow);
    this.waiting.set(key, result);
    return result;
  }

  private begin(key: string, load: () => Promise<T>): Promise<T> {
    const result = load().finally(() => {
      if (this.running.get(key) === result) this.running.delete(key);
    });
    this.running.set(key, result);
    return result;
  }
}
