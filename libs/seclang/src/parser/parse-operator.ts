/** The operator part of a rule as written. A text without `@name` is a regular expression. */
export interface OperatorText {
  readonly name: string;
  readonly negated: boolean;
  readonly argument: string;
}

/** Reads `[!]@name argument` or a bare pattern. */
export function parseOperator(text: string): OperatorText {
  let rest = text.trimStart();
  const negated = rest.startsWith('!');
  if (negated) rest = rest.slice(1).trimStart();
  const named = /^@([A-Za-z0-9_]+)(?:[\t-\r ]+|$)/.exec(rest);
  if (named === null) return { name: 'rx', negated, argument: rest };
  return { name: named[1]!, negated, argument: rest.slice(named[0].length) };
}
