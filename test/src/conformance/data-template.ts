const ACTION = /\{\{(-?)\s*([^]*?)\s*(-?)\}\}/g;
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|(-?\d+)|([A-Za-z]\w*)|([|()]))/y;

type Value = string | number;

/** The functions that templates in tests call. The piped value comes last. */
const FUNCTIONS: Readonly<Record<string, (...values: Value[]) => Value>> = {
  repeat: (count = 0, text = '') => String(text).repeat(Number(count)),
  upper: (text = '') => String(text).toUpperCase(),
  lower: (text = '') => String(text).toLowerCase(),
  trim: (text = '') => String(text).trim(),
  quote: (text = '') => JSON.stringify(String(text)),
  b64enc: (text = '') => Buffer.from(String(text), 'utf8').toString('base64'),
  b64dec: (text = '') => Buffer.from(String(text), 'base64').toString('utf8'),
  replace: (before = '', after = '', text = '') => String(text).replaceAll(String(before), String(after)),
  trunc: (length = 0, text = '') => String(text).slice(0, Number(length)),
  print: (...values) => values.join(''),
};

type Token = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'name' | 'mark'; readonly text: string };

/**
 * Fills in the templates of a test's data, such as `{{ "A" | repeat 1000 }}`: literals, pipes, parentheses and a few functions of text. Throws
 * an `Error` for what it doesn't know.
 */
export function fillTemplate(data: string): string {
  return trimMarked(data).replace(ACTION, (_all, _left, expression: string) => {
    if (expression.startsWith('/*')) return '';
    const tokens = tokensOf(expression);
    const value = readPipeline(tokens);
    if (tokens.length > 0) throw new Error(`the template {{ ${expression} }} is not understood`);
    return String(value);
  });
}

/** `{{-` and `-}}` take the white space beside them away. */
function trimMarked(data: string): string {
  return data.replace(/\s+\{\{-\s/g, '{{ ').replace(/\s-\}\}\s+/g, ' }}');
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < expression.length;) {
    const match = TOKEN.exec(expression);
    if (match === null) throw new Error(`the template {{ ${expression} }} is not understood`);
    const [, quoted, backquoted, digits, name, mark] = match;
    if (quoted !== undefined) tokens.push({ kind: 'value', value: JSON.parse(`"${quoted}"`) as string });
    else if (backquoted !== undefined) tokens.push({ kind: 'value', value: backquoted });
    else if (digits !== undefined) tokens.push({ kind: 'value', value: Number(digits) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'mark', text: mark ?? '' });
  }
  return tokens;
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

function readPipeline(tokens: Token[]): Value {
  let value = readCommand(tokens, []);
  while (isMark(tokens[0], '|')) {
    tokens.shift();
    value = readCommand(tokens, [value]);
  }
  return value;
}

function readCommand(tokens: Token[], piped: readonly Value[]): Value {
  const first = tokens[0];
  if (first?.kind !== 'name') return readOperand(tokens);
  tokens.shift();
  const call = FUNCTIONS[first.text];
  if (call === undefined) throw new Error(`the template function ${first.text} is not known`);
  const values: Value[] = [];
  while (tokens.length > 0 && !isMark(tokens[0], '|') && !isMark(tokens[0], ')')) values.push(readOperand(tokens));
  return call(...values, ...piped);
}

function readOperand(tokens: Token[]): Value {
  const token = tokens.shift();
  if (token?.kind === 'value') return token.value;
  if (!isMark(token, '(')) throw new Error('a value is missing in a template');
  const value = readPipeline(tokens);
  if (!isMark(tokens.shift(), ')')) throw new Error('a parenthesis is not closed in a template');
  return value;
}
