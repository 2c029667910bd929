import { Tabs } from '@mantine/core';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../platform/api/session.js';
import { Empty } from '../../platform/components/empty.js';
import { Page } from '../../platform/components/page.js';
import { visibleSections } from './sections.js';

/** Who may do what, what was done, and what can run: one tab for each part that the caller may see. */
export function AdministrationPage(): ReactNode {
  const { t } = useTranslation();
  const { permissions } = useSession();
  const path = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  const sections = visibleSections(permissions);
  const current = sections.find(({ to }) => path.startsWith(to)) ?? sections[0];
  if (!current) return <Empty title={t('admin.nothing')} next={t('admin.nothingNext')} />;
  return (
    <Page title={t('page.administration')} fill sentence={t(`admin.sentence.${current.id}`)}>
      <Tabs
        value={current.id}
        onChange={(id) => {
          const section = sections.find((candidate) => candidate.id === id);
          if (section) void navigate({ to: section.to });
        }}
      >
        <Tabs.List>
          {sections.map(({ id }) => (
            <Tabs.Tab key={id} value={id}>
              {t(`admin.section.${id}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Outlet />
    </Page>
  );
}
