import { Drawer, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { EventDetail } from './event-detail.js';

interface Props {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

/** One event beside the list. */
export function EventDrawer({ id, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="min(720px, 92vw)"
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      title={
        <Group gap="md">
          <strong>{t('event.title')}</strong>
          {id !== undefined && (
            <AnchorLink to="/events/$id" params={{ id }} size="sm">
              {t('event.asPage')}
            </AnchorLink>
          )}
        </Group>
      }
    >
      {id !== undefined && <EventDetail id={id} />}
    </Drawer>
  );
}
