import { describe, expect, it } from '@jest/globals';
import type { OperatorView } from '@phalanx/contracts';
import { bodyOf, formOf, wrongFields } from './operator-form.js';
import { visibleSections } from './sections.js';

const operator = {
  id: 'o',
  username: 'jiyoon.kim',
  displayName: '김지윤',
  bindings: [{ role: 'analyst', tenantId: null }],
  disabled: false,
} as unknown as OperatorView;

describe('the operator form', () => {
  it('sends only what differs', () => {
    expect(bodyOf(formOf(operator), operator)).toEqual({});
    expect(bodyOf({ ...formOf(operator), disabled: true, password: 'correct horse battery' }, operator)).toEqual({
      disabled: true,
      password: 'correct horse battery',
    });
  });

  it('knows what the controller would refuse', () => {
    const form = { ...formOf(null), username: 'Big Name', displayName: 'x', password: 'short' };
    expect([...wrongFields(form, null)].sort()).toEqual(['password', 'username']);
    expect(wrongFields({ ...formOf(operator), password: '' }, operator).size).toBe(0);
  });
});

describe('sections', () => {
  it('are those that the caller may see', () => {
    expect(visibleSections(['audit:read']).map(({ id }) => id)).toEqual(['audit']);
  });
});
