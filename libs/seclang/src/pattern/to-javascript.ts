import type { PatternRecord } from '../model/pattern-record.js';
import type { ByteSet } from './byte-set.js';
import type { Assertion, Pattern, PatternNode } from './pattern-node.js';

/**
 * Writes a pattern as JavaScript source over byte strings. Without `capturing`, groups that no reference needs become plain ones.
 * The `i` flag is used only where every set is closed under JavaScript's own case folding (which also folds latin1 letters).
 */
export function toJavaScript(pattern: Pattern, capturing: boolean): Pick<PatternRecord, 'source' | 'flags' | 'captures'> {
  const writer = new JavaScriptWriter(capturing ? null : referencedGroups(pattern.node), isCaseClosed(pattern.node));
  const source = writer.write(pattern.node);
  const captures = Array.from({ length: pattern.groupCount + 1 }, (_, index) => (index === 0 ? 0 : (writer.groups.get(index) ?? -1)));
  const inOrder = writer.groupCount === pattern.groupCount && captures.every((group, index) => group === index);
  return { source: source === '' ? '(?:)' : source, flags: writer.ignoreCase ? 'i' : '', captures: inOrder ? null : captures };
}

const ASSERTIONS = {
  start: '^',
  end: '$',
  'end-or-newline': '(?=\\n?$)',
  'line-start': '(?:^|(?<=\\n))',
  'line-end': '(?=\\n|$)',
  word: '\\b',
  'not-word': '\\B',
} satisfies Record<Assertion, string>;

class JavaScriptWriter {
  readonly ignoreCase: boolean;
  /** PCRE group number to JavaScript group number. */
  readonly groups = new Map<number, number>();
  /** JavaScript groups written so far. */
  groupCount = 0;
  readonly #kept: ReadonlySet<number> | null;

  constructor(kept: ReadonlySet<number> | null, ignoreCase: boolean) {
    this.#kept = kept;
    this.ignoreCase = ignoreCase;
  }

  write(node: PatternNode): string {
    switch (node.kind) {
      case 'bytes':
        return writeSet(node.set, this.ignoreCase);
      case 'concat':
        return node.items.map((item) => (item.kind === 'alternate' ? `(?:${this.write(item)})` : this.write(item))).join('');
      case 'alternate':
        return node.options.map((option) => this.write(option)).join('|');
      case 'repeat':
        return this.#repeat(node);
      case 'group':
        return this.#group(node.item, node.index);
      case 'atomic':
        return this.#atomic(node.item);
      case 'assert':
        return ASSERTIONS[node.what];
      case 'look':
        return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${this.write(node.item)})`;
      case 'backreference':
        // The empty group keeps a digit that follows from joining the number.
        return `\\${this.groups.get(node.index) ?? 0}(?:)`;
      default:
        return node satisfies never;
    }
  }

  #group(item: PatternNode, index: number): string {
    if (this.#kept !== null && !this.#kept.has(index)) return `(?:${this.write(item)})`;
    this.groups.set(index, ++this.groupCount);
    return `(${this.write(item)})`;
  }

  /** JavaScript has no atomic groups: a look-ahead is one, and the reference takes what it saw. */
  #atomic(item: PatternNode): string {
    const group = ++this.groupCount;
    return `(?:(?=(${this.write(item)}))\\${group}(?:))`;
  }

  #repeat(node: Extract<PatternNode, { kind: 'repeat' }>): string {
    if (node.mode === 'possessive') return this.#atomic({ ...node, mode: 'greedy' });
    const inner = this.write(node.item);
    const atom = node.item.kind === 'bytes' || node.item.kind === 'group' ? inner : `(?:${inner})`;
    return atom + writeBounds(node.min, node.max) + (node.mode === 'lazy' ? '?' : '');
  }
}

function writeBounds(min: number, max: number): string {
  if (min === 0 && max === Infinity) return '*';
  if (min === 1 && max === Infinity) return '+';
  if (min === 0 && max === 1) return '?';
  if (min === max) return `{${min}}`;
  return `{${min},${max === Infinity ? '' : max}}`;
}

function writeSet(set: ByteSet, ignoreCase: boolean): string {
  const size = set.size;
  if (size === 256) return '[^]';
  if (size === 0) return '[]';
  const bytes = ignoreCase ? set.bytes().filter((byte) => byte < 0x41 || byte > 0x5a || !set.has(byte + 0x20)) : set.bytes();
  if (bytes.length === 1) return escapeByte(bytes[0]!);
  return size > 128 ? `[^${writeRanges(set.inverted())}]` : `[${writeRanges(set)}]`;
}

function writeRanges(set: ByteSet): string {
  return set
    .ranges()
    .map(([first, last]) => {
      if (first === last) return escapeByte(first);
      return `${escapeByte(first)}${last > first + 1 ? '-' : ''}${escapeByte(last)}`;
    })
    .join('');
}

function escapeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9_]/.test(char) ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
}

function referencedGroups(node: PatternNode, found = new Set<number>()): Set<number> {
  if (node.kind === 'backreference') found.add(node.index);
  for (const child of childrenOf(node)) referencedGroups(child, found);
  return found;
}

function isCaseClosed(node: PatternNode): boolean {
  if (node.kind === 'bytes') return isSetCaseClosed(node.set);
  return childrenOf(node).every(isCaseClosed);
}

function isSetCaseClosed(set: ByteSet): boolean {
  for (let lower = 0x61; lower <= 0x7a; lower++) if (set.has(lower) !== set.has(lower - 0x20)) return false;
  for (let lower = 0xe0; lower <= 0xfe; lower++) if (lower !== 0xf7 && set.has(lower) !== set.has(lower - 0x20)) return false;
  return true;
}

function childrenOf(node: PatternNode): readonly PatternNode[] {
  if (node.kind === 'concat') return node.items;
  if (node.kind === 'alternate') return node.options;
  return 'item' in node ? [node.item] : [];
}
