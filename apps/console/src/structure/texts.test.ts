import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { en } from '../i18n/en.js';
import { ko } from '../i18n/ko.js';

const SOURCE = join(import.meta.dirname, '..');
type Texts = { readonly [key: string]: string | Texts };

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [below, text] of flatten(value, `${prefix}${key}.`)) flat.set(below, text);
  }
  return flat;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();
const english = flatten(en);
const korean = flatten(ko);

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts') && !name.startsWith('i18n'))
  .map((name) => join(SOURCE, name));
const trees = files.map((file) => ({
  file: relative(SOURCE, file),
  tree: ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  ),
}));

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('are written in both languages, with the same values put in', () => {
    for (const [key, text] of english) {
      expect([key, text.trim() === '', korean.get(key)!.trim() === '']).toEqual([key, false, false]);
      expect([key, placeholders(korean.get(key)!)]).toEqual([key, placeholders(text)]);
    }
  });

  it('come in pairs of singular and plural', () => {
    const missing = [...english.keys()].filter(
      (key) => /_(one|other)$/.test(key) && !english.has(key.replace(/_(one|other)$/, key.endsWith('_one') ? '_other' : '_one')),
    );
    expect(missing).toEqual([]);
  });

  it('are Korean where they are Korean', () => {
    const words = [...korean].filter(
      ([key, text]) => /[A-Za-z]{4,}/.test(text.replace(/\{\{\w+\}\}/g, '')) && !/[가-힣]/.test(text) && text !== english.get(key),
    );
    expect(words).toEqual([]);
  });

  it('are all used', () => {
    const literals = new Set<string>();
    const heads = new Set<string>();
    for (const { tree } of trees)
      visit(tree, (node) => {
        if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) literals.add(node.text);
        if (ts.isTemplateExpression(node)) heads.add(node.head.text);
      });
    const isUsed = (key: string) => literals.has(key) || [...heads].some((head) => head.includes('.') && key.startsWith(head));
    const unused = [...english.keys()].filter((key) => !isUsed(key.replace(/_(one|other)$/, '')));
    expect(unused).toEqual([]);
  });
});

/** Attributes whose text a person reads or hears. */
const READ_ALOUD = new Set([
  'label',
  'title',
  'placeholder',
  'aria-label',
  'description',
  'alt',
  'error',
  'question',
  'confirm',
  'failed',
  'what',
  'header',
  'next',
]);

describe('pages', () => {
  it('hold no text of their own', () => {
    const found: string[] = [];
    for (const { file, tree } of trees)
      visit(tree, (node) => {
        if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) found.push(`${file}: ${node.text.trim()}`);
        if (
          ts.isJsxAttribute(node) &&
          READ_ALOUD.has(node.name.getText()) &&
          node.initializer &&
          ts.isStringLiteral(node.initializer) &&
          /\p{L}/u.test(node.initializer.text)
        )
          found.push(`${file}: ${node.getText()}`);
        if (
          ts.isPropertyAssignment(node) &&
          READ_ALOUD.has(node.name.getText()) &&
          ts.isStringLiteral(node.initializer) &&
          /\p{L}/u.test(node.initializer.text) &&
          file.endsWith('.tsx')
        )
          found.push(`${file}: ${node.getText()}`);
      });
    expect(found).toEqual([]);
  });
});
