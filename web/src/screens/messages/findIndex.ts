import type { RecordId } from "@countersign/shared/base/ids";
import type { HouseholdView, ReplicaApi } from "@countersign/shared/replica/api";

const PAGE = 500;

/**
 * Where in a thread the reading begins: at the marked message, else at the first unread one, else (in a long thread) at the newest.
 * Undefined means the beginning.
 */
export async function findIndex(
  api: ReplicaApi,
  where: HouseholdView,
  thread: RecordId,
  marked: RecordId | undefined,
): Promise<number | undefined> {
  const newest = await api.messages(where.log, thread, 0, 1);
  const { total } = newest;
  if (marked !== undefined) {
    for (let offset = 0; offset < total; offset += PAGE) {
      const page = await api.messages(where.log, thread, offset, PAGE);
      const at = page.rows.findIndex((m) => m.id === marked);
      if (at >= 0) return offset + at;
    }
    return undefined;
  }
  const threads = await api.threads(where.log, 0, PAGE);
  const unread = threads.rows.find((row) => row.id === thread)?.unread ?? 0;
  if (unread > 0) return Math.max(0, total - unread);
  return total > 3 ? total - 1 : undefined;
}
