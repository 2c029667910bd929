import { describe, expect, it } from '@jest/globals';
import { heldAnywhere, outranks, permissionsOf, tenantsInReach } from './held-permissions.js';

const ALL = ['t1', 't2', 't3', 't4'];

describe('permissions', () => {
  it('of a binding to one tenant hold there alone', () => {
    const held = permissionsOf([{ role: 'tenant-viewer', tenantId: 't2' }], ALL);
    expect(held.tenantsOf.get('fleet:read')).toEqual(['t2']);
    expect(held.providerWide.size).toBe(0);
    expect(heldAnywhere(held)).not.toContain('policy:write');
  });

  it('of several bindings add up, each in its tenants', () => {
    const held = permissionsOf(
      ['t1', 't2', 't4'].map((tenantId) => ({ role: 'operator' as const, tenantId })),
      ALL,
    );
    expect(tenantsInReach(held)).toEqual(['t1', 't2', 't4']);
  });

  it('of a binding to all tenants hold for those that come later too', () => {
    const held = permissionsOf([{ role: 'auditor', tenantId: null }], []);
    expect(held.providerWide.has('audit:read')).toBe(true);
    expect(held.tenantsOf.size).toBe(0);
  });

  it('of a tenant that is gone do not count', () => {
    expect(heldAnywhere(permissionsOf([{ role: 'owner', tenantId: 'gone' }], ALL))).toEqual([]);
  });

  it('are cut by a token, in kind and in place', () => {
    const bindings = [{ role: 'owner' as const, tenantId: null }];
    const held = permissionsOf(bindings, ALL, { permissions: ['fleet:read', 'baseline:write'], tenantIds: ['t3', 'unknown'] });
    expect(heldAnywhere(held)).toEqual(['fleet:read', 'baseline:write']);
    expect(tenantsInReach(held)).toEqual(['t3']);
    expect(held.providerWide.size).toBe(0);
  });

  it('outrank a binding only when they hold all of it, where it is', () => {
    const tenantAdmin = permissionsOf([{ role: 'tenant-admin', tenantId: 't1' }], ALL);
    expect(outranks(tenantAdmin, { role: 'tenant-viewer', tenantId: 't1' })).toBe(true);
    expect(outranks(tenantAdmin, { role: 'tenant-viewer', tenantId: 't2' })).toBe(false);
    expect(outranks(tenantAdmin, { role: 'owner', tenantId: 't1' })).toBe(false);
    expect(outranks(tenantAdmin, { role: 'tenant-viewer', tenantId: null })).toBe(false);
  });
});
