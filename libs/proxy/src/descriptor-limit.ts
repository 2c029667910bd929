import { readFileSync } from 'node:fs';

/** One of so many descriptors stays for origins, files and listeners. */
const RESERVED_SHARE = 8;

/** How many files a process may have open, by the text of `/proc/self/limits`; Infinity where it doesn't say. */
export function parseDescriptorLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? Infinity : Number(soft);
}

/**
 * The client connections that may be open at most: what is configured, less if the process could not open a connection to an origin any more once
 * it has so many. Where the system doesn't tell its limit, what is configured.
 */
export function clientConnectionLimit(configured: number, descriptors = processLimit()): number {
  return Math.min(configured, Math.floor(descriptors * (1 - 1 / RESERVED_SHARE)));
}

let known: number | null = null;

function processLimit(): number {
  known ??= readLimit();
  return known;
}

function readLimit(): number {
  try {
    return parseDescriptorLimit(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    // Not Linux: the configured limit stands.
    return Infinity;
  }
}
