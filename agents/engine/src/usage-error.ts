const USAGE = `Usage:
  engine --listen ADDRESS:PORT --upstream http[s]://HOST:PORT --rules FILE [--rules FILE ...]
         --mode detection|prevention --audit FILE [--audit-header NAME ...] [--workers N] [--state FOLDER]
  engine --home FOLDER [--workers N]`;

/** A command line that can't be followed. The message ends with the usage. */
export class UsageError extends Error {
  constructor(problem: string) {
    super(`engine: ${problem}\n${USAGE}`);
    this.name = 'UsageError';
  }
}

/** A number of workers from its text. */
export function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > 256) throw new UsageError(`--workers must be 1 to 256, not ${text}`);
  return workers;
}
