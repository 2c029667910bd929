import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Page } from '../../platform/components/page.js';
import { EventDetail } from './event-detail.js';

/** One event as a page of its own, for links in tickets and mails. */
export function EventPage(): ReactNode {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/frame/events/$id' });
  return (
    <Page
      title={t('event.title')}
      above={
        <AnchorLink to="/events" size="sm">
          {t('action.back', { place: t('page.events') })}
        </AnchorLink>
      }
    >
      <div className="panel">
        <EventDetail id={id} />
      </div>
    </Page>
  );
}
