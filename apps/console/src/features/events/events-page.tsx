import { Button, Group } from '@mantine/core';
import { IconArrowUp, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useColumnChoice } from '../../platform/components/column-choice.js';
import { Empty } from '../../platform/components/empty.js';
import { Page } from '../../platform/components/page.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { VirtualTable } from '../../platform/components/virtual-table.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { EventDrawer } from './event-drawer.js';
import { EventFilterBar } from './event-filter-bar.js';
import { isFiltered, type EventSearch } from './event-search.js';
import { EventsSentence } from './events-sentence.js';
import { useEventColumns } from './use-event-columns.js';
import { useEventFeed } from './use-event-feed.js';
import { FEED_LIMIT } from './live-feed.js';

/** Events as they come, narrowed by the filter in the address; each opens beside the list. */
export function EventsPage(): ReactNode {
  const { t } = useTranslation();
  const search = useSearch({ from: '/frame/events' });
  const navigate = useNavigate({ from: '/events' });
  const tenantId = useTenant()?.id;
  const { event: openId, ...filter } = search;
  const feed = useEventFeed(filter, tenantId, openId !== undefined);
  const { columns, menu } = useColumnChoice('events', useEventColumns());
  const change = (patch: EventSearch) => void navigate({ search: (now) => ({ ...now, ...patch }), replace: true });
  const toTop = () => {
    feed.setPaused(false);
    document.querySelector('[role="table"]')?.scrollTo({ top: 0 });
    feed.setAtTop(true);
  };
  return (
    <Page
      title={t('page.events')}
      fill
      sentence={<EventsSentence filter={filter} />}
      actions={
        <>
          {menu}
          {(feed.waiting > 0 || feed.isTorn) && (
            <Button size="xs" variant="light" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={toTop}>
              {feed.waiting >= FEED_LIMIT || feed.isTorn ? t('event.manyNew') : t('event.new', { count: feed.waiting })}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            aria-pressed={feed.isPaused}
            leftSection={feed.isPaused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />}
            onClick={() => feed.setPaused(!feed.isPaused)}
          >
            {feed.isPaused ? t('event.resume') : t('event.pause')}
          </Button>
        </>
      }
    >
      <EventFilterBar search={search} onChange={change} />
      {feed.pages.isError && feed.rows.length === 0 ? (
        <ProblemAlert error={feed.pages.error} what={t('event.unread')} onRetry={() => void feed.pages.refetch()} />
      ) : (
        <VirtualTable
          label={t('page.events')}
          columns={columns}
          rows={feed.rows}
          keyOf={(row) => row.id}
          rowHeight={36}
          minWidth={960}
          onOpen={(row) => change({ event: row.id })}
          onTop={feed.setAtTop}
          isLoading={feed.pages.isPending}
          hasMore={feed.pages.hasNextPage}
          isLoadingMore={feed.pages.isFetchingNextPage}
          onMore={() => void feed.pages.fetchNextPage()}
          empty={
            isFiltered(search) ? (
              <Empty title={t('event.empty.filtered')} next={t('event.empty.filteredNext')} />
            ) : (
              <Empty title={t('event.empty.none')} next={t('event.empty.noneNext')} />
            )
          }
        />
      )}
      <Group gap="xs" visibleFrom="md" fz="xs" c="dimmed">
        {t('event.keys')}
      </Group>
      <EventDrawer id={openId} onClose={() => change({ event: undefined })} />
    </Page>
  );
}
