import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, type Document, type Node, type YAMLMap } from 'yaml';
import { AppError } from '@phalanx/kit';

/** Code of the errors that say `file:line: reason`. */
export const TEST_FILE_ERROR = 'conformance.test-file';

/** A YAML file whose parts can say on which line they stand. */
export class YamlSource {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  /** Throws `file:line: reason` for what is no YAML. */
  constructor(
    readonly name: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const [error] = this.#document.errors;
    if (error) throw this.errorAt(error.pos[0], error.message);
  }

  /** The file's one mapping, or null for a file without content. */
  root(): Section | null {
    const node = this.resolved(this.#document.contents);
    if (node === null || (isScalar(node) && node.value === null)) return null;
    if (!isMap(node)) throw this.error(node, 'a mapping is expected');
    return new Section(this, node, '');
  }

  /** The node that an alias stands for. */
  resolved(node: unknown): Node | null {
    if (isAlias(node)) return (node.resolve(this.#document) as Node | undefined) ?? null;
    return (node as Node | null) ?? null;
  }

  error(node: Node | null, reason: string): AppError {
    return this.errorAt(node?.range?.[0] ?? 0, reason);
  }

  lineOf(node: Node): number {
    return this.#lines.linePos(node.range?.[0] ?? 0).line;
  }

  errorAt(offset: number, reason: string): AppError {
    return new AppError('invalid', TEST_FILE_ERROR, `${this.name}:${this.#lines.linePos(offset).line}: ${reason}`);
  }
}

/** One mapping of a test file. Whoever reads it asks for each key it knows and calls `end`, which refuses all others. */
export class Section {
  readonly #source: YamlSource;
  readonly #node: YAMLMap;
  readonly #path: string;
  readonly #asked = new Set<string>();
  readonly #keys = new Map<string, { readonly key: Node; readonly value: Node | null }>();

  constructor(source: YamlSource, node: YAMLMap, path: string) {
    this.#source = source;
    this.#node = node;
    this.#path = path;
    for (const { key, value } of node.items) {
      const name = source.resolved(key);
      if (!isScalar(name)) throw source.error(name ?? node, 'a key must be a plain word');
      this.#keys.set(textOf(name), { key: name, value: source.resolved(value) });
    }
  }

  /** Line on which it begins. */
  get line(): number {
    return this.#source.lineOf(this.#node);
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** A scalar as it is written: `1.0` and `007` keep their form, an empty value is the empty text. Undefined without the key. */
  text(key: string): string | undefined {
    const node = this.#value(key);
    if (node === undefined) return undefined;
    if (node === null) return '';
    if (!isScalar(node)) throw this.#source.error(node, `${this.#name(key)} must be text`);
    return textOf(node);
  }

  flag(key: string): boolean | undefined {
    const node = this.#value(key);
    if (node === undefined || node === null) return undefined;
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    throw this.#source.error(node, `${this.#name(key)} must be true or false`);
  }

  whole(key: string): number | undefined {
    const node = this.#value(key);
    return node === undefined || node === null ? undefined : this.#wholeOf(node, key);
  }

  /** A list of whole numbers; a single one counts as a list of it. */
  wholes(key: string): readonly number[] | undefined {
    const node = this.#value(key);
    if (node === undefined || node === null) return undefined;
    if (!isSeq(node)) return [this.#wholeOf(node, key)];
    return node.items.map((item) => this.#wholeOf(this.#source.resolved(item), key));
  }

  /** A list of texts; a single one counts as a list of it. */
  texts(key: string): readonly string[] | undefined {
    const node = this.#value(key);
    if (node === undefined || node === null) return undefined;
    if (isScalar(node)) return [textOf(node)];
    if (!isSeq(node)) throw this.#source.error(node, `${this.#name(key)} must be a list`);
    return node.items.map((item) => {
      const text = this.#source.resolved(item);
      if (!isScalar(text)) throw this.#source.error(text ?? node, `${this.#name(key)} must hold texts`);
      return textOf(text);
    });
  }

  /** A mapping of names to texts, in the order of the file. */
  pairs(key: string): readonly (readonly [name: string, value: string])[] | undefined {
    return this.section(key)?.allTexts();
  }

  section(key: string): Section | undefined {
    const node = this.#value(key);
    if (node === undefined || node === null) return undefined;
    if (!isMap(node)) throw this.#source.error(node, `${this.#name(key)} must be a mapping`);
    return new Section(this.#source, node, `${this.#name(key)}.`);
  }

  sections(key: string): readonly Section[] | undefined {
    const node = this.#value(key);
    if (node === undefined || node === null) return undefined;
    if (!isSeq(node)) throw this.#source.error(node, `${this.#name(key)} must be a list`);
    return node.items.map((item) => {
      const map = this.#source.resolved(item);
      if (!isMap(map)) throw this.#source.error(map ?? node, `${this.#name(key)} must hold mappings`);
      return new Section(this.#source, map, `${this.#name(key)}.`);
    });
  }

  /** A key that may hold anything, and is of no use here. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  allTexts(): readonly (readonly [name: string, value: string])[] {
    return [...this.#keys.keys()].map((key) => [key, this.text(key) ?? '']);
  }

  /** Refuses the keys that nobody asked for. */
  end(): void {
    for (const [name, { key }] of this.#keys) {
      if (!this.#asked.has(name)) throw this.#source.error(key, `${this.#name(name)} is not a known key`);
    }
  }

  /** An error at a key's value (or at the mapping itself where the key is missing). */
  error(key: string, reason: string): AppError {
    return this.#source.error(this.#keys.get(key)?.value ?? this.#keys.get(key)?.key ?? this.#node, `${this.#name(key)} ${reason}`);
  }

  #value(key: string): Node | null | undefined {
    this.#asked.add(key);
    const item = this.#keys.get(key);
    if (item === undefined) return undefined;
    const { value } = item;
    return value !== null && isScalar(value) && value.value === null ? null : value;
  }

  #wholeOf(node: Node | null, key: string): number {
    const value = isScalar(node) ? Number(textOf(node)) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < 0)
      throw this.#source.error(node ?? this.#node, `${this.#name(key)} must be a whole number`);
    return value;
  }

  #name(key: string): string {
    return this.#path + key;
  }
}

/** A quoted scalar is its value; a plain one is what stands in the file, so that YAML's types don't change it. */
function textOf(node: Scalar): string {
  if (node.type === Scalar.PLAIN) return node.source ?? String(node.value);
  return String(node.value);
}
