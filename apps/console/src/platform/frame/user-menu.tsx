import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../api/api-context.js';
import { SESSION_KEY, useSession } from '../api/session.js';
import { viewerTimeZone } from '../format/format.js';

/** Who is signed in, in which roles, and the way out. */
export function UserMenu(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { displayName, username, bindings } = useSession();
  const signOut = useMutation({
    mutationFn: () => api.delete('/session'),
    // Whatever the controller says: what is shown here belonged to the session.
    onSettled: async () => {
      api.csrfToken = null;
      queries.clear();
      queries.setQueryData(SESSION_KEY, null);
      await navigate({ to: '/login' });
    },
  });
  const roles = [...new Set(bindings.map(({ role }) => role))].map((role) => t(`role.${role}`)).join(', ');
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('frame.user', { name: displayName })}>
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {displayName}
          </Text>
          <Text size="xs">{username}</Text>
          <Text size="xs">{roles}</Text>
          <Text size="xs">{t('frame.zone', { zone: viewerTimeZone() })}</Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          {t('frame.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
