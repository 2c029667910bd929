import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '@phalanx/kit';

/** The text of a file, or of standard input for `-`. Throws `invalid` naming it. */
export function readFileArgument(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new AppError('invalid', 'cli.no-file', `${file} can’t be read: ${messageOf(cause)}`, { cause });
  }
}
