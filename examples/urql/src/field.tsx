import { useId, type ComponentProps } from 'react'

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string
  /** What is wrong with what was typed. */
  readonly problem: string | undefined
}

export function Field({ label, problem, ...input }: FieldProps) {
  const id = useId()
  const problemId = `${id}-problem`
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        aria-invalid={Boolean(problem)}
        aria-describedby={problem && problemId}
        {...input}
      />
      {problem && (
        <p id={problemId} className="problem">
          {problem}
        </p>
      )}
    </div>
  )
}
