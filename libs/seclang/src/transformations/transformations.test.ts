import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sharedData } from '@phalanx/testing';
import { publishedCases, unescaped } from '../testing/published-cases.js';
import { featuresOf } from './byte-features.js';
import { findTransformation } from './registry.js';
import { bestFitMap } from './unicode-best-fit.js';

const folder = sharedData('seclang-unit/transformations');
const context = { unicodeMap: bestFitMap() };

(folder === null ? describe.skip : describe)('the published transformation cases', () => {
  for (const file of folder === null ? [] : readdirSync(folder)) {
    const transformation = findTransformation(file.replace('.json', ''))!;

    it(`${file} gives the published outputs`, () => {
      const wrong = publishedCases(join(folder!, file)).flatMap(({ input, output }) => {
        const got = transformation.apply(input, context);
        return unescaped(got) === output ? [] : [{ input, output, got }];
      });
      expect(wrong).toEqual([]);
    });

    it(`${file}: a value without any triggering byte is left alone`, () => {
      for (const { input } of publishedCases(join(folder!, file))) {
        if (transformation.triggers === null || (featuresOf(input) & transformation.triggers) !== 0) continue;
        expect(transformation.apply(input, context)).toBe(input);
      }
    });
  }
});
