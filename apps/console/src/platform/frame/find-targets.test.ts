import { describe, expect, it } from '@jest/globals';
import type { ApplianceView, ApplicationView } from '@phalanx/contracts';
import { findTargets, type Target } from './find-targets.js';
import { visiblePages } from './pages.js';

const pages: Target[] = [{ group: 'pages', key: 'fleet', label: 'Fleet', detail: '', href: '/fleet' }];
const appliances = [{ id: 'a', name: 'seoul-1', tags: ['tier=gold'] }] as unknown as ApplianceView[];
const applications = [{ id: 'b', name: 'Online shop', hosts: ['shop.hanbit.example'] }] as unknown as ApplicationView[];

describe('findTargets', () => {
  it('finds by any part of a name, host or tag, all words needed', () => {
    const keys = (text: string) => findTargets(text, pages, appliances, applications).map(({ key }) => key);
    expect(keys('')).toEqual(['fleet', 'a', 'b']);
    expect(keys('GOLD seoul')).toEqual(['a']);
    expect(keys('hanbit')).toEqual(['b']);
    expect(keys('seoul hanbit')).toEqual([]);
  });
});

describe('visiblePages', () => {
  it('leaves out pages that the caller may see nothing of', () => {
    expect(visiblePages(['fleet:read', 'audit:read']).map(({ id }) => id)).toEqual(['fleet', 'network', 'blocks', 'administration']);
    expect(visiblePages([])).toEqual([]);
  });
});
