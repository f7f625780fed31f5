export type { Live, LiveQuery, Loaded } from "./live.ts";
export { createLiveQuery, type LiveQueryOptions } from "./live-query.ts";
export { liveHistory, type HistoryView, type LiveHistory } from "./live-history.ts";
export { liveList, type LiveListOptions } from "./live-list.ts";
export { liveRecord, type RecordView } from "./live-record.ts";
export { liveViews, type DeletionsView, type LiveViews, type SessionView } from "./live-views.ts";
