import { ActionIcon, Button, Combobox, Kbd, Modal, TextInput, Tooltip, useCombobox } from '@mantine/core';
import { useDebouncedValue, useDisclosure, useHotkeys } from '@mantine/hooks';
import type { ApplianceView, ApplicationView, Page } from '@phalanx/contracts';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.js';
import { useResource, useWholeList } from '../api/use-list.js';
import { findTargets, type Target, type TargetGroup } from './find-targets.js';
import { visiblePages } from './pages.js';
import { useTenant } from './use-tenant.js';

const GROUPS: readonly TargetGroup[] = ['pages', 'appliances', 'applications'];

/** Ctrl-K: goes to any page, appliance or application by a part of its name. */
export function CommandPalette(): ReactNode {
  const { t } = useTranslation();
  const [isOpen, palette] = useDisclosure(false);
  useHotkeys([['mod+K', palette.open]], []);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={<Kbd size="xs">{t('palette.key')}</Kbd>}
        onClick={palette.open}
        visibleFrom="md"
      >
        {t('palette.open')}
      </Button>
      <Tooltip label={t('palette.open')}>
        <ActionIcon variant="subtle" color="gray" size="lg" hiddenFrom="md" onClick={palette.open} aria-label={t('palette.open')}>
          <IconSearch size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={isOpen}
        onClose={palette.close}
        withCloseButton={false}
        padding={0}
        size="lg"
        yOffset="12vh"
        aria-label={t('palette.open')}
      >
        {isOpen && <Palette onDone={palette.close} />}
      </Modal>
    </>
  );
}

function Palette({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const router = useRouter();
  const { permissions } = useSession();
  const tenantId = useTenant()?.id;
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 150);
  const combobox = useCombobox();
  const appliances = useResource<Page<ApplianceView>>(
    '/appliances',
    { tenantId, q: settled, limit: 20 },
    { enabled: permissions.includes('fleet:read') },
  );
  const applications = useWholeList<ApplicationView>('/applications', { tenantId }, { enabled: permissions.includes('application:read') });
  const pages = visiblePages(permissions).map((page): Target => ({
    group: 'pages',
    key: page.id,
    label: t(`page.${page.id}`),
    detail: '',
    href: page.to,
  }));
  const found = findTargets(text, pages, appliances.data?.items ?? [], applications.data?.items ?? []);

  const go = (key: string) => {
    const target = found.find((candidate) => candidate.key === key);
    if (!target) return;
    onDone();
    void router.navigate({ to: target.href });
  };
  return (
    <Combobox store={combobox} onOptionSubmit={go}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          variant="unstyled"
          size="md"
          px="md"
          py="xs"
          leftSection={<IconSearch size={18} aria-hidden />}
          placeholder={t('palette.placeholder')}
          aria-label={t('palette.placeholder')}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.selectFirstOption();
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options mah="50vh" style={{ overflowY: 'auto', borderTop: '1px solid var(--line)' }} p="xs">
        {GROUPS.map((group) => {
          const members = found.filter((target) => target.group === group);
          if (members.length === 0) return null;
          return (
            <Combobox.Group key={group} label={t(`palette.${group}`)}>
              {members.map((target) => (
                <Combobox.Option key={target.key} value={target.key}>
                  {target.label} <span style={{ opacity: 0.75 }}>{target.detail}</span>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          );
        })}
        {found.length === 0 && <Combobox.Empty>{t('palette.nothing')}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}
