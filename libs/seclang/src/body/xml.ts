import { argumentResult } from './body-result.js';
import type { BodyLimits, BodyResult } from './body-result.js';
import { isXmlSpace, scanXmlName } from './xml-names.js';
import { decodeXmlText } from './xml-entities.js';

/**
 * XML: text content and attribute values of a well-formed document, entities decoded.
 * DOCTYPE and entity declarations are refused, so nothing is ever expanded; only the five predefined and numeric references exist.
 */
export function processXml(body: string, _contentType: string, limits: BodyLimits): BodyResult {
  if (body.trim() === '') return argumentResult([], '');
  const reader = new XmlReader(body, limits.argumentLimit);
  const error = reader.read();
  const isCut = limits.isTruncated === true && reader.isAtEnd;
  // What a cut-off document carried is still shown to the rules.
  if (isCut) reader.text += ` ${body.slice(reader.markupStart)}`;
  return {
    ...argumentResult([], error === '' || isCut ? '' : `XML: ${error} at byte ${reader.offset}`),
    xml: { text: reader.text, attributes: reader.attributes },
  };
}

/** What ends what begins so; text begins with none of these. */
const TERMINATORS = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<![CDATA[', ']]>'],
  ['<', '>'],
] as const;

/** One pass over the document with a stack of open element names. @see Extensible Markup Language 1.0, fifth edition */
class XmlReader {
  text = '';
  readonly attributes: string[] = [];
  offset = 0;
  /** Where the last tag, comment or text began. */
  markupStart = 0;
  readonly #body: string;
  readonly #attributeLimit: number;
  readonly #open: string[] = [];
  #hasRoot = false;

  constructor(body: string, attributeLimit: number) {
    this.#body = body;
    this.#attributeLimit = attributeLimit;
    if (body.startsWith('\xef\xbb\xbf')) this.offset = 3;
  }

  /** Whether reading stopped because what was begun last does not end. */
  get isAtEnd(): boolean {
    if (this.offset >= this.#body.length) return true;
    const terminator = TERMINATORS.find(([opening]) => this.#body.startsWith(opening, this.markupStart))?.[1];
    if (terminator !== undefined) return !this.#body.includes(terminator, this.offset);
    const reference = this.#body.lastIndexOf('&');
    return reference >= this.offset && !this.#body.includes(';', reference);
  }

  /** Reads the whole document; gives the message of the first fault or the empty string. */
  read(): string {
    while (this.offset < this.#body.length) {
      this.markupStart = this.offset;
      const fault = this.#body.charCodeAt(this.offset) === 0x3c ? this.#markup() : this.#characters();
      if (fault !== '') return fault;
    }
    if (this.#open.length > 0) return 'element is not closed';
    return this.#hasRoot ? '' : 'no element';
  }

  #characters(): string {
    const markup = this.#body.indexOf('<', this.offset);
    const end = markup < 0 ? this.#body.length : markup;
    const raw = this.#body.slice(this.offset, end);
    if (this.#open.length === 0 && raw.trim() !== '') return 'text outside the root element';
    if (raw.includes(']]>')) return '"]]>" in text';
    const decoded = decodeXmlText(raw);
    if (decoded === undefined) return 'unknown or malformed entity reference';
    this.offset = end;
    if (this.#open.length > 0) this.text += decoded;
    return '';
  }

  #markup(): string {
    const body = this.#body;
    if (body.startsWith('<!--', this.offset)) return this.#skipTo('-->', 4);
    if (body.startsWith('<?', this.offset)) return this.#skipTo('?>', 2);
    if (body.startsWith('<![CDATA[', this.offset)) return this.#cdata();
    if (body.startsWith('<!', this.offset)) return 'document type and entity declarations are refused';
    return body.startsWith('</', this.offset) ? this.#endTag() : this.#startTag();
  }

  #skipTo(terminator: string, prefixLength: number): string {
    const end = this.#body.indexOf(terminator, this.offset + prefixLength);
    if (end < 0) return `"${terminator}" is missing`;
    this.offset = end + terminator.length;
    return '';
  }

  #cdata(): string {
    const start = this.offset + 9;
    if (this.#open.length === 0) return 'CDATA outside the root element';
    const fault = this.#skipTo(']]>', 9);
    if (fault === '') this.text += this.#body.slice(start, this.offset - 3);
    return fault;
  }

  #endTag(): string {
    const nameEnd = scanXmlName(this.#body, this.offset + 2);
    const name = this.#body.slice(this.offset + 2, nameEnd);
    if (this.#open.at(-1) !== name) return 'end tag without its start tag';
    this.offset = nameEnd;
    this.#skipSpace();
    if (this.#body.charCodeAt(this.offset) !== 0x3e) return 'malformed end tag';
    this.offset++;
    this.#open.pop();
    return '';
  }

  #startTag(): string {
    const nameEnd = scanXmlName(this.#body, this.offset + 1);
    const name = this.#body.slice(this.offset + 1, nameEnd);
    if (name === '') return 'malformed start tag';
    if (this.#open.length === 0 && this.#hasRoot) return 'second root element';
    this.offset = nameEnd;
    this.#hasRoot = true;
    const fault = this.#attributeList();
    if (fault !== '') return fault;
    if (this.#body.startsWith('/>', this.offset)) {
      this.offset += 2;
      return '';
    }
    if (this.#body.charCodeAt(this.offset) !== 0x3e) return 'malformed start tag';
    this.offset++;
    this.#open.push(name);
    return '';
  }

  #attributeList(): string {
    const names = new Set<string>();
    for (;;) {
      const spaced = this.#skipSpace();
      const nameEnd = scanXmlName(this.#body, this.offset);
      if (nameEnd === this.offset) return '';
      if (!spaced) return 'no space before an attribute';
      const name = this.#body.slice(this.offset, nameEnd);
      if (names.has(name)) return 'attribute given twice';
      names.add(name);
      this.offset = nameEnd;
      const fault = this.#attributeValue();
      if (fault !== '') return fault;
    }
  }

  #attributeValue(): string {
    this.#skipSpace();
    if (this.#body.charCodeAt(this.offset) !== 0x3d) return 'attribute without a value';
    this.offset++;
    this.#skipSpace();
    const quote = this.#body.charAt(this.offset);
    if (quote !== '"' && quote !== "'") return 'attribute value without quotes';
    const end = this.#body.indexOf(quote, this.offset + 1);
    if (end < 0) return 'unterminated attribute value';
    const raw = this.#body.slice(this.offset + 1, end);
    if (raw.includes('<')) return '"<" in an attribute value';
    const decoded = decodeXmlText(raw);
    if (decoded === undefined) return 'unknown or malformed entity reference';
    if (this.attributes.length >= this.#attributeLimit) return `more than ${this.#attributeLimit} attributes`;
    this.attributes.push(decoded);
    this.offset = end + 1;
    return '';
  }

  #skipSpace(): boolean {
    const start = this.offset;
    while (isXmlSpace(this.#body.charCodeAt(this.offset))) this.offset++;
    return this.offset > start;
  }
}
