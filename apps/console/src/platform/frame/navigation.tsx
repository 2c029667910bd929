import { NavLink, Stack } from '@mantine/core';
import { IconAppWindow, IconBan, IconListDetails, IconNetwork, IconServer2, IconSettings, IconShieldCog } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.js';
import classes from './navigation.module.css';
import { visiblePages, type PageId } from './pages.js';

const ICONS = {
  fleet: IconServer2,
  applications: IconAppWindow,
  events: IconListDetails,
  network: IconNetwork,
  blocks: IconBan,
  policies: IconShieldCog,
  administration: IconSettings,
} as const satisfies Record<PageId, typeof IconServer2>;

/** The slim list of pages on the left: those that the caller may see. */
export function Navigation(): ReactNode {
  const { t } = useTranslation();
  const { permissions } = useSession();
  const path = useLocation({ select: (location) => location.pathname });
  return (
    <Stack gap={2} p="xs" component="nav" aria-label={t('frame.navigation')}>
      {visiblePages(permissions).map((page) => {
        const Sign = ICONS[page.id];
        const isActive = page.paths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
        return (
          <NavLink
            key={page.id}
            renderRoot={(props) => <Link to={page.to} {...props} />}
            label={t(`page.${page.id}`)}
            leftSection={<Sign size={18} stroke={1.7} aria-hidden />}
            active={isActive}
            aria-current={isActive ? 'page' : undefined}
            className={classes['page']}
          />
        );
      })}
    </Stack>
  );
}
