import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import '../../app.module.js';
import { endpoint } from './endpoint.js';
import { describeApi } from './openapi.js';
import { declaredEndpoints } from './route.js';

type Json = Record<string, unknown>;

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === '$ref' ? [String(item)] : references(item)));
}

function at(document: unknown, reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>((value, step) => (value as Json | undefined)?.[step], document);
}

describe('the description of the API', () => {
  const api = describeApi(declaredEndpoints, '1.2.3');

  it('has every declared route, with each parameter of its path', () => {
    expect(declaredEndpoints.length).toBeGreaterThan(50);
    for (const { path, method } of declaredEndpoints) {
      const operation = (api['paths'] as Record<string, Json>)[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] as Json;
      const names = (operation['parameters'] as { in: string; name: string }[]).filter((p) => p.in === 'path').map((p) => p.name);
      expect([path, ...names]).toEqual([path, ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => name)]);
    }
  });

  it('refers to nothing that it does not hold', () => {
    const dangling = references(api).filter(
      (reference) => !reference.startsWith('#/components/schemas/') || at(api, reference) === undefined,
    );
    expect(references(api).length).toBeGreaterThan(50);
    expect(dangling).toEqual([]);
  });

  it('requires in a body only what the route requires, and promises in an answer what is always there', () => {
    const inner = z.strictObject({ size: z.int().default(3) }).meta({ id: 'Inner' });
    const outer = z.strictObject({ inner }).meta({ id: 'Outer' });
    const same = z.strictObject({ name: z.string() }).meta({ id: 'Same' });
    const spec = endpoint({
      method: 'POST',
      path: '/x',
      summary: 'x',
      permission: 'public',
      body: z.strictObject({ outer, same }),
      answer: z.strictObject({ outer, same }),
    });
    const { schemas } = describeApi([spec], '1')['components'] as { schemas: Record<string, Json> };
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['Inner', 'InnerInput', 'Outer', 'OuterInput', 'Same']));
    expect(Object.keys(schemas)).not.toContain('SameInput');
    expect([schemas['Inner']!['required'], schemas['InnerInput']!['required']]).toEqual([['size'], undefined]);
    expect(references(schemas['OuterInput'])).toEqual(['#/components/schemas/InnerInput']);
    expect(references(schemas['Outer'])).toEqual(['#/components/schemas/Inner']);
  });
});
