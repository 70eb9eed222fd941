import type { Notice } from './notices'

/** Read out as soon as it appears. */
export function Alert({ notice }: { notice: Notice | null }) {
  return notice && <p role="alert">{notice.message}</p>
}
