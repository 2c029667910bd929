import { isLetter } from './bytes.js';
import { isActiveAttribute, isActiveJoinedAttribute } from './html-attributes.js';
import { isActiveTag } from './html-tags.js';

/** Longest tag name looked at. */
const MAX_TAG_LENGTH = 40;

/** A `<` in text, and an attribute of a tag that stands around the value. */
const KNOWN = { tag: 1, joined: 2 } as const;

/**
 * Reads a value as HTML, in the manner of the HTML5 tokeniser, and stops at the first thing that would run script.
 * `honoursQuotes` off: a `<` starts a tag even inside a quoted attribute value, as it does when the quotes were already open outside.
 * One pass: every step moves forward. `known` says where a reading with the same regard for quotes has come to (KNOWN) and has found
 * nothing from there on: another one that comes there in the same way stops. Null: it isn't remembered.
 */
export class HtmlScanner {
  readonly #value: string;
  readonly #honoursQuotes: boolean;
  readonly #known: Uint8Array | null;
  #at: number;

  constructor(value: string, start: number, honoursQuotes: boolean, known: Uint8Array | null) {
    this.#value = value;
    this.#at = start;
    this.#honoursQuotes = honoursQuotes;
    this.#known = known;
  }

  /** Reads on from inside a tag that stands around the value, then as text. */
  scanFromAttribute(): boolean {
    return this.#attributes(isActiveJoinedAttribute) || this.scanText();
  }

  /** Reads from text. */
  scanText(): boolean {
    for (;;) {
      const open = this.#value.indexOf('<', this.#at);
      if (open < 0 || this.#isKnown(open, KNOWN.tag)) return false;
      this.#at = open + 1;
      if (this.#markup()) return true;
    }
  }

  #markup(): boolean {
    const value = this.#value;
    this.#skipIgnored();
    let byte = value.charCodeAt(this.#at);
    if (byte === 0x21) return this.#declaration();
    if (byte === 0x3f || byte === 0x25) return this.#instruction();
    if (byte === 0x2f) byte = value.charCodeAt(++this.#at);
    if (!isLetter(byte)) return false;
    return isActiveTag(this.#tagName()) || this.#attributes(isActiveAttribute);
  }

  /** `<!`: comments, document types, entities, conditional sections. */
  #declaration(): boolean {
    const value = this.#value;
    const head = value.slice(this.#at + 1, this.#at + 24).toLowerCase();
    if (head.startsWith('doctype') || head.startsWith('entity') || head.startsWith('[cdata[') || head.startsWith('element')) return true;
    if (!head.startsWith('--')) return head.startsWith('[if') || head.startsWith('[endif') || this.#skipBogusComment();
    this.#at += 3;
    // The comment is not skipped: browsers differ on where it ends, so what is in it is read as text too.
    return head.includes('`') || isActiveComment(head.slice(2).trimStart());
  }

  /** `<?` and `<%`. */
  #instruction(): boolean {
    const head = this.#value.slice(this.#at + 1, this.#at + 12).toLowerCase();
    return head.startsWith('import') || head.startsWith('xml') || this.#skipBogusComment();
  }

  #skipBogusComment(): false {
    this.#at++;
    return false;
  }

  #tagName(): string {
    const start = this.#at;
    const value = this.#value;
    while (this.#at < value.length && !endsName(value.charCodeAt(this.#at))) this.#at++;
    return value.slice(start, Math.min(this.#at, start + MAX_TAG_LENGTH)).replaceAll('\0', '');
  }

  /** Reads attributes up to the end of the tag. */
  #attributes(isActive: (name: string, value: string) => boolean): boolean {
    const value = this.#value;
    while (this.#at < value.length) {
      const byte = value.charCodeAt(this.#at);
      if (byte === 0x3e) {
        this.#at++;
        return false;
      }
      if (byte === 0x3c && !this.#honoursQuotes) return false;
      if (isHtmlSpace(byte) || byte === 0x2f) this.#at++;
      else if (isActive === isActiveJoinedAttribute && this.#isKnown(this.#at, KNOWN.joined)) this.#at = value.length;
      else if (this.#attribute(isActive)) return true;
    }
    return false;
  }

  /** Whether a reading has come here in this way before; from now on one has. */
  #isKnown(at: number, how: number): boolean {
    const known = this.#known;
    if (known === null) return false;
    if ((known[at]! & how) !== 0) return true;
    known[at]! |= how;
    return false;
  }

  #attribute(isActive: (name: string, value: string) => boolean): boolean {
    const value = this.#value;
    const start = this.#at++;
    while (this.#at < value.length && !endsName(value.charCodeAt(this.#at)) && value.charCodeAt(this.#at) !== 0x3d && !this.#isTagOpen())
      this.#at++;
    const name = value.slice(start, this.#at);
    const afterName = this.#at;
    this.#skipIgnored();
    // Written with its escape by senders that encode twice.
    if (value.startsWith('%3D', this.#at)) this.#at += 2;
    else if (value.charCodeAt(this.#at) !== 0x3d) {
      this.#at = afterName;
      const encoded = name.indexOf('%3D');
      return encoded > 0 && isActive(name.slice(0, encoded), name.slice(encoded + 3));
    }
    this.#at++;
    this.#skipIgnored();
    return isActive(name, this.#attributeValue());
  }

  #attributeValue(): string {
    const value = this.#value;
    const quote = value.charAt(this.#at);
    if (this.#honoursQuotes && (quote === '"' || quote === "'" || quote === '`')) {
      const start = this.#at + 1;
      const end = value.indexOf(quote, start);
      this.#at = end < 0 ? value.length : end + 1;
      return value.slice(start, end < 0 ? value.length : end);
    }
    const start = this.#at;
    while (this.#at < value.length && !isHtmlSpace(value.charCodeAt(this.#at)) && value.charCodeAt(this.#at) !== 0x3e && !this.#isTagOpen())
      this.#at++;
    return value.slice(start, this.#at);
  }

  #isTagOpen(): boolean {
    return !this.#honoursQuotes && this.#value.charCodeAt(this.#at) === 0x3c;
  }

  #skipIgnored(): void {
    while (isHtmlSpace(this.#value.charCodeAt(this.#at))) this.#at++;
  }
}

function isActiveComment(head: string): boolean {
  return head.startsWith('[if') || head.startsWith('import') || head.startsWith('entity') || head.startsWith('xml');
}

function isHtmlSpace(byte: number): boolean {
  return byte <= 0x20;
}

function endsName(byte: number): boolean {
  return (byte <= 0x20 && byte !== 0) || byte === 0x2f || byte === 0x3e;
}
