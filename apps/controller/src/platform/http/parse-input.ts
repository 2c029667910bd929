import { AppError } from '@phalanx/kit';
import type { z } from 'zod';

/** Parses one part of a request. Throws `invalid` with every place that is wrong. */
export function parseInput(schema: z.ZodType, value: unknown, part: 'path' | 'query' | 'body' | 'header'): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 50).map((issue) => ({ path: [part, ...issue.path].join('.'), message: issue.message }));
  // A path that can't name anything is answered like one that names nothing.
  if (part === 'path') throw new AppError('not-found', 'http.not-found', 'there is nothing at this address');
  throw new AppError('invalid', `http.invalid-${part}`, `the ${part} is not valid: ${issues[0]?.path} ${issues[0]?.message}`, {
    details: { issues },
  });
}

/** JSON text from bytes: UTF-8 only, no NUL or unpaired surrogate in any string (PostgreSQL holds neither). Throws `invalid`. */
export function parseJsonBody(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid', 'http.bad-utf8', 'the body is not UTF-8', { cause });
  }
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new AppError('invalid', 'http.bad-json', 'the body holds a forbidden member name');
      assertStorable(key);
      if (typeof value === 'string') assertStorable(value);
      return value;
    });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', 'http.bad-json', 'the body is not JSON', { cause });
  }
}

/** Throws `invalid` for text that can't be stored. */
export function assertStorable(text: string): void {
  if (text.includes('\0') || !text.isWellFormed())
    throw new AppError('invalid', 'http.bad-text', 'a text holds a NUL or an unpaired surrogate');
}
