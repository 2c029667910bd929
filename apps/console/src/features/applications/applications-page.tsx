import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { LEVELS, type ApplicationView, type Level } from '@phalanx/contracts';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplications } from '../../platform/api/resources.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Page } from '../../platform/components/page.js';
import { useDraft } from '../../platform/components/use-draft.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { ApplicationsTable } from './applications-table.js';
import { filterApplications } from './application-search.js';

const ANY = 'any';

/** All protected applications: how many only watch, and the list. */
export function ApplicationsPage(): ReactNode {
  const { t } = useTranslation();
  const search = useSearch({ from: '/frame/applications' });
  const navigate = useNavigate({ from: '/applications' });
  const applications = useApplications(useTenant()?.id);
  const change = (patch: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...patch }), replace: true });
  const [text, setText] = useDraft(search.q, (q) => change({ q }));
  const count = (level: Level) => applications.data?.items.filter((item) => item.level === level).length ?? 0;
  return (
    <Page title={t('page.applications')} fill sentence={applications.data && <Sentence items={applications.data.items} />}>
      <Group gap="xs" role="search" aria-label={t('application.filter.label')}>
        <TextInput
          data-list-filter
          size="xs"
          w={260}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={t('application.filter.text')}
          aria-label={t('application.filter.text')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('application.filter.level')}
          value={search.level ?? ANY}
          onChange={(value) => change({ level: LEVELS.find((level) => level === value) })}
          data={[
            { value: ANY, label: t('application.filter.any') },
            ...LEVELS.map((level) => ({
              value: level,
              label: t('application.filter.count', { level: t(`level.${level}`), count: count(level) }),
            })),
          ]}
        />
        {(search.q !== undefined || search.level !== undefined) && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconX size={14} aria-hidden />}
            onClick={() => change({ q: undefined, level: undefined })}
          >
            {t('action.clearFilter')}
          </Button>
        )}
      </Group>
      <Loaded query={applications} what={t('application.listUnread')} lines={8}>
        {({ items }) => <ApplicationsTable items={filterApplications(items, search)} isFiltered={items.length > 0} />}
      </Loaded>
    </Page>
  );
}

function Sentence({ items }: { readonly items: readonly ApplicationView[] }): ReactNode {
  const { t } = useTranslation();
  if (items.length === 0) return t('application.sentence.none');
  const open = items.filter((item) => item.level !== 'prevention').length;
  return open === 0
    ? t('application.sentence.all', { count: items.length })
    : t('application.sentence.some', { count: open, total: items.length });
}
