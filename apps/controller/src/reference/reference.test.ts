import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@phalanx/testing';
import { CONFIG_SLICES } from '../app.module.js';
import { renderReference } from './render-reference.js';

describe('docs/reference', () => {
  it('says what the program does; run `npm run docs` after a change', () => {
    for (const [name, text] of Object.entries(renderReference(repositoryRoot))) {
      expect([name, readFileSync(join(repositoryRoot, 'docs/reference', name), 'utf8')]).toEqual([name, text]);
    }
  });

  it('describes every variable', () => {
    const silent = CONFIG_SLICES.flatMap((slice) =>
      Object.entries(slice.shape)
        .filter(([, type]) => !('description' in type) || !type.description)
        .map(([name]) => name),
    );
    expect(silent).toEqual([]);
  });
});
