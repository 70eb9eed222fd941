import { useState, useTransition, type SubmitEvent } from 'react'
import { noticeOfError, type Notice } from './notices'

/** What a form does with its fields, whether it is at it, and what there is to say of it. */
export function useSubmit<Name extends string>(
  submit: (fields: Readonly<Record<Name, string>>) => Promise<Notice | null>,
) {
  const [notice, setNotice] = useState<Notice | null>(null)
  const [pending, startTransition] = useTransition()

  // Not the `action` of a form: React empties the fields after it, also of one that failed.
  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(event.currentTarget)) as Record<Name, string>
    startTransition(async () => {
      setNotice(await submit(fields).catch(noticeOfError))
    })
  }

  function forget() {
    setNotice(null)
  }

  return { notice, pending, onSubmit, forget }
}
