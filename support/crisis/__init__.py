"""People in danger: signals, cases, the on-call rota and ladder, the resource directory."""
