import { RuleProblem } from '../model/rule-problem.js';
import type { Settings } from '../model/settings.js';
import type { Statement } from '../parser/parse-source.js';
import type { ResolveFile } from '../source/rule-source.js';

/** SecUnicodeMapFile: takes one code page's best-fit pairs (`00a9:63`, hexadecimal) from a mapping file. */
export function applyUnicodeMap(settings: Settings, { words, file }: Statement, resolveFile: ResolveFile): void {
  const [path, codePage] = words;
  if (path === undefined || codePage === undefined || !/^\d+$/.test(codePage))
    throw new RuleProblem('SecUnicodeMapFile takes a file and a code page');
  const text = resolveFile(path, file);
  if (text === null) throw new RuleProblem(`data file ${path} is not there`);
  const pairs = pairsOf(text, codePage);
  if (pairs === null) throw new RuleProblem(`${path} has no code page ${codePage}`);
  settings.unicodeMap = Object.fromEntries(pairs);
}

/** The pairs stand in the line that follows the one beginning with the code page's number. */
function pairsOf(text: string, codePage: string): [string, number][] | null {
  const lines = text.split('\n');
  const heading = lines.findIndex((line) => line.trim().split(/\s/, 1)[0] === codePage);
  const line = lines.slice(heading + 1).find((candidate) => /^\s*[0-9a-fA-F]{4,6}:[0-9a-fA-F]{2}\b/.test(candidate));
  if (heading < 0 || line === undefined) return null;
  return [...line.matchAll(/([0-9a-fA-F]{4,6}):([0-9a-fA-F]{2})\b/g)].map((pair) => [
    String(Number.parseInt(pair[1]!, 16)),
    Number.parseInt(pair[2]!, 16),
  ]);
}
