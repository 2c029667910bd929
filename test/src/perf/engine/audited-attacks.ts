import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** Where an audit file ends now; what comes later begins there. */
export function endOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** What the lines of an audit file say about the attacks of a run. */
export interface AuditedAttacks {
  /** Refusals with 403, and how many different attacks they name. */
  readonly blocked: number;
  readonly distinct: number;
  /** Lines that are not a 403 of a numbered attack. */
  readonly others: number;
}

/** Counts the lines from byte `from` on. */
export function auditedAttacks(path: string, from: number): AuditedAttacks {
  const numbers = new Set<string>();
  let blocked = 0;
  let others = 0;
  for (const line of linesFrom(path, from)) {
    const record = JSON.parse(line) as { action: string; status: number; headers: Record<string, string> };
    const number = record.headers['X-Attack'];
    if (record.action !== 'block' || record.status !== 403 || number === undefined) others++;
    else {
      blocked++;
      numbers.add(number);
    }
  }
  return { blocked, distinct: numbers.size, others };
}

function linesFrom(path: string, from: number): string[] {
  const bytes = Buffer.alloc(endOf(path) - from);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, bytes, 0, bytes.length, from);
  } finally {
    closeSync(fd);
  }
  return bytes.toString('utf8').split('\n').filter(Boolean);
}
