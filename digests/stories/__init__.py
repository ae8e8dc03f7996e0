"""The newsroom's judgement: which story, which categories, does it ring. Pure; `now` is an argument."""
