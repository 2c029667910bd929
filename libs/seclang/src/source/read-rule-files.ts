import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError, messageOf } from '@phalanx/kit';
import { logicalLines } from '../parser/logical-lines.js';
import { splitWords } from '../parser/words.js';
import { attempt } from '../parser/parse-source.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { ResolveFile, RuleSource } from './rule-source.js';

/** Rule files read from disk, in load order, with the way to their data files. */
export interface RuleFiles {
  readonly sources: RuleSource[];
  readonly resolveFile: ResolveFile;
}

const MAX_INCLUDE_DEPTH = 16;

/**
 * Reads rule files and what they Include (globs in name order; relative to the file that includes). A file with an Include comes
 * back in pieces around the included ones, each padded so that line numbers stay those of the file.
 * Throws SecLangError at an Include that can't be followed, AppError for a path that can't be read.
 */
export function readRuleFiles(paths: readonly string[]): RuleFiles {
  const sources: RuleSource[] = [];
  for (const path of paths) readInto(sources, resolve(path), path, []);
  return { sources, resolveFile: resolveBeside };
}

function readInto(sources: RuleSource[], path: string, name: string, parents: readonly string[]): void {
  const text = readText(path, name, parents);
  const physical = text.split('\n');
  let first = 0;
  for (const { line, text: directive } of logicalLines(text)) {
    if (!/^include(?:optional)?[\t-\r ]/i.test(directive)) continue;
    sources.push(piece(name, physical, first, line - 1));
    first = line;
    const isOptional = /^includeoptional/i.test(directive);
    const found = attempt(name, line, () => includedPaths(path, directive, isOptional, [...parents, path]));
    for (const included of found) attempt(name, line, () => readInto(sources, included, included, [...parents, path]));
  }
  sources.push(piece(name, physical, first, physical.length));
}

function piece(name: string, lines: readonly string[], first: number, end: number): RuleSource {
  return { name, text: '\n'.repeat(first) + lines.slice(first, end).join('\n') };
}

function includedPaths(path: string, directive: string, isOptional: boolean, parents: readonly string[]): string[] {
  const [, pattern, ...rest] = splitWords(directive);
  if (pattern === undefined || rest.length > 0) throw new RuleProblem('Include takes one path');
  if (parents.length > MAX_INCLUDE_DEPTH) throw new RuleProblem(`Include is nested deeper than ${MAX_INCLUDE_DEPTH} files`);
  const full = resolve(dirname(path), pattern);
  const found = /[*?[{]/.test(pattern) ? globSync(full).sort() : existsSync(full) ? [full] : [];
  if (found.length === 0 && !isOptional) throw new RuleProblem(`Include ${pattern} finds no file`);
  const loop = found.find((candidate) => parents.includes(candidate));
  if (loop !== undefined) throw new RuleProblem(`Include ${pattern} comes back to ${loop}`);
  return found;
}

function readText(path: string, name: string, parents: readonly string[]): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (parents.length > 0) throw new RuleProblem(`${name} can't be read: ${messageOf(error)}`, { cause: error });
    throw new AppError('invalid', 'seclang.rule-file', `${name}: rule file can't be read: ${messageOf(error)}`, { cause: error });
  }
}

function resolveBeside(path: string, fromFile: string): string | null {
  const full = resolve(dirname(resolve(fromFile)), path);
  return existsSync(full) ? readFileSync(full, 'latin1') : null;
}
