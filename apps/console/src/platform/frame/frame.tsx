import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { LiveProvider } from '../live/live-context.js';
import { CommandPalette } from './command-palette.js';
import { LanguageMenu } from './language-menu.js';
import { LiveIndicator } from './live-indicator.js';
import { Navigation } from './navigation.js';
import { SchemeToggle } from './scheme-toggle.js';
import { TenantSwitcher } from './tenant-switcher.js';
import { UserMenu } from './user-menu.js';
import classes from './frame.module.css';

/** What stands around every page once somebody is signed in. */
export function Frame(): ReactNode {
  const { t } = useTranslation();
  const [isOpen, menu] = useDisclosure(false);
  const path = useLocation({ select: (location) => location.pathname });
  const { close } = menu;
  useEffect(() => {
    close();
    // The reader of a screen hears the new page's title, as after any other navigation.
    document.getElementById('page-title')?.focus({ preventScroll: true });
  }, [path, close]);
  return (
    <LiveProvider>
      <a href="#main" className={classes['skip']}>
        {t('frame.skip')}
      </a>
      <AppShell header={{ height: 52 }} navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} transitionDuration={0}>
        <AppShell.Header className={classes['bar']}>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap">
              <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t('frame.menu')} />
              <Link to="/fleet" className={classes['brand']}>
                <img src="/favicon.svg" alt="" width={22} height={22} />
                <Text fw={700} visibleFrom="md">
                  {t('brand')}
                </Text>
              </Link>
              <TenantSwitcher />
            </Group>
            <Group gap={6} wrap="nowrap">
              <CommandPalette />
              <LiveIndicator />
              <LanguageMenu />
              <SchemeToggle />
              <UserMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className={classes['bar']}>
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main id="main">
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </LiveProvider>
  );
}
