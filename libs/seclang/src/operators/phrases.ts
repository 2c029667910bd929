/** The words of a `@pm` argument. */
export function wordsOf(argument: string): string[] {
  return argument.split(/[\t-\r ]+/).filter((word) => word !== '');
}

/** The lines of a data file: trimmed, without empty ones and comments. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
