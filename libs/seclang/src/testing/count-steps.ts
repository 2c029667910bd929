/** Methods of strings that look at one place, and those that may look at the whole rest. */
const pointMethods = ['charCodeAt', 'charAt', 'slice', 'at'] as const;
const scanMethods = ['indexOf', 'lastIndexOf', 'includes', 'startsWith', 'trim', 'trimStart', 'toLowerCase', 'replaceAll'] as const;

/**
 * Runs a function and counts the bytes of text it looks at, by standing in for the methods of String.prototype meanwhile.
 * For tests only: it shows linear work without a clock.
 */
export function countSteps(run: () => unknown): number {
  const prototype = String.prototype as unknown as Record<string, (this: string, ...args: unknown[]) => unknown>;
  const originals = new Map<string, (this: string, ...args: unknown[]) => unknown>();
  let steps = 0;
  const replace = (name: string, cost: (text: string, args: unknown[], result: unknown) => number): void => {
    const original = prototype[name];
    if (original === undefined) return;
    originals.set(name, original);
    prototype[name] = function (this: string, ...args: unknown[]) {
      const result = original.apply(this, args);
      steps += cost(this, args, result);
      return result;
    };
  };
  for (const name of pointMethods) replace(name, () => 1);
  for (const name of scanMethods) replace(name, scanCost(name));
  try {
    run();
  } finally {
    for (const [name, original] of originals) prototype[name] = original;
  }
  return steps;
}

function scanCost(name: string): (text: string, args: unknown[], result: unknown) => number {
  if (name === 'indexOf') {
    return (text, args, result) => 1 + (result === -1 ? text.length : Number(result)) - Number(args[1] ?? 0);
  }
  if (name === 'lastIndexOf') return (text, args, result) => 1 + Number(args[1] ?? text.length) - Math.max(Number(result), 0);
  if (name === 'startsWith') return (_text, args) => 1 + String(args[0]).length;
  return (text) => 1 + text.length;
}
