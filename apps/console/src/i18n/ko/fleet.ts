import type { fleet as en } from '../en/fleet.js';
import type { TextsLike } from '../../platform/i18n/texts.js';

/** The fleet page. */
export const fleet: TextsLike<typeof en> = {
  fleet: {
    unread: '장비 목록을 읽지 못했습니다',
    sentence: {
      none: '아직 장비가 없습니다.',
      attention_one: '장비 {{total}}대 중 {{count}}대를 확인해야 합니다.',
      attention_other: '장비 {{total}}대 중 {{count}}대를 확인해야 합니다.',
      good_one: '장비 {{total}}대 중 {{count}}대가 지정된 내용을 정확히 실행하고 있습니다.',
      good_other: '장비 {{total}}대 중 {{count}}대가 지정된 내용을 정확히 실행하고 있습니다.',
      pending_one: '{{count}}대는 적용이 진행 중입니다.',
      pending_other: '{{count}}대는 적용이 진행 중입니다.',
      more_one: '외 {{count}}대',
      more_other: '외 {{count}}대',
      cut: '앞부분의 장비만 집계했습니다.',
    },
    counts: '상태별 장비 수',
    all: '전체',
    filter: { label: '장비 필터', text: '이름 ( / )', site: '사이트', tag: '태그, 예: tier=gold' },
    table: '장비 목록',
    column: {
      name: '장비',
      tenant: '고객사',
      site: '사이트',
      status: '상태',
      why: '이유',
      engine: '엔진',
      rate: '요청',
      seen: '마지막 수신',
    },
    neverSeen: '없음',
    empty: {
      filtered: '필터에 맞는 장비가 없습니다',
      filteredNext: '필터를 일부 지우면 더 많은 장비가 보입니다.',
      none: '아직 장비가 없습니다',
      noneNext: 'REST 또는 phalanxctl로 사이트, 클러스터, 장비를 만든 다음, 이곳의 장비 화면에서 일회용 등록 코드를 발급하세요.',
    },
  },
};
