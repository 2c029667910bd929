/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { NetworkVersionView } from '@phalanx/contracts';
import { type ProvisionedBox, provisionBox, repositoryRoot } from '@phalanx/testing';
import type { Page } from 'playwright-core';
import { type E2eFixture, startFixture } from '../e2e/fixture.js';
import { ConsoleBrowser, signIn } from './console-browser.js';
import { auditPage } from './page-audit.js';

const CLEAN = { nameless: [], faint: [], untranslated: [], overflowPx: 0 };

describe('the console over packet filters', () => {
  let fixture: E2eFixture;
  let browser: ConsoleBrowser;
  let target: ProvisionedBox;

  async function open(
    path: string,
    language: 'en' | 'ko' = 'en',
  ): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
    const { page, context, complaints } = await browser.visit({ language });
    await signIn(page, fixture.stack.state.adminUser, fixture.stack.state.adminPassword, path);
    return { page, complaints, close: () => context.close() };
  }

  beforeAll(async () => {
    fixture = await startFixture({ consoleFolder: join(repositoryRoot, 'apps/console/dist/app') });
    target = await provisionBox(fixture.stack, fixture.api, { name: 'seoul', upstreamPort: fixture.shopPort, workers: 1 });
    browser = await ConsoleBrowser.open(fixture.stack.controllerUrl);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await fixture?.stop();
  }, 60_000);

  it('begins with the defaults, takes a rule, shows its effect, and saves it', async () => {
    const { clusterId } = target.appliance;
    const { page, complaints, close } = await open(`/network/${clusterId}`);
    await page.getByRole('button', { name: 'Begin with the defaults' }).click();
    await page.getByRole('button', { name: 'Add a group' }).click();
    await page.getByRole('textbox', { name: 'Name of the object' }).first().fill('offices');
    await page.getByRole('combobox', { name: 'Addresses of offices' }).fill('192.0.2.0/24');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add a rule…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Offices may pass');
    await dialog.getByText('Accept', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('table', { name: 'Firewall rules' }).getByText('Offices may pass').waitFor();
    await page.getByRole('button', { name: 'Preview and save…' }).click();
    await page.getByText('1 box changes').waitFor();
    expect(await auditPage(page)).toMatchObject(CLEAN);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Version 1 by').waitFor();
    expect(await page.getByRole('button', { name: 'Preview and save…' }).isDisabled()).toBe(true);
    const saved = await fixture.api.get<NetworkVersionView>(`/api/v1/clusters/${clusterId}/network`);
    expect(saved.policy.rules.map(({ name, action }) => [name, action])).toEqual([['Offices may pass', 'accept']]);
    expect(saved.policy.addressGroups).toEqual([{ name: 'offices', addresses: ['192.0.2.0/24'] }]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows what is wrong before anything is saved, and the way back to an old version', async () => {
    const { clusterId } = target.appliance;
    const { page, complaints, close } = await open(`/network/${clusterId}`);
    await page.getByRole('button', { name: 'Offices may pass', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Source' }).fill('192.0.2.300');
    await page.keyboard.press('Enter');
    await dialog.getByText('192.0.2.300 is neither an address nor a group').waitFor();
    expect(await dialog.getByRole('button', { name: 'Keep' }).isDisabled()).toBe(true);
    await page.keyboard.press('Backspace');
    await dialog.getByRole('combobox', { name: 'Source' }).fill('offices');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('button', { name: 'Preview and save…' }).click();
    await dialog.getByRole('table', { name: 'Changes' }).getByText('source').first().waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Version 2 by').waitFor();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Revert' }).click();
    await dialog.getByRole('table', { name: 'Changes' }).waitFor();
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await page.getByText('Version 3 by').waitFor();
    const saved = await fixture.api.get<NetworkVersionView>(`/api/v1/clusters/${clusterId}/network`);
    expect(saved.policy.rules[0]!.source).toEqual({ groups: [], addresses: [] });
    expect(complaints).toEqual([]);
    await close();
  });

  it('speaks Korean and stays whole on a narrow screen', async () => {
    const { page, complaints, close } = await open(`/network/${target.appliance.clusterId}`, 'ko');
    await page.getByRole('heading', { name: '방화벽 규칙' }).waitFor();
    expect(await auditPage(page)).toMatchObject({ ...CLEAN, language: 'ko' });
    await page.setViewportSize({ width: 700, height: 900 });
    expect((await auditPage(page)).overflowPx).toBe(0);
    await page.goto('/network');
    await page.getByRole('table', { name: '네트워크' }).getByText('규칙 1개, 버전 3').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
