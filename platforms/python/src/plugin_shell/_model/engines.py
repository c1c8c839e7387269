"""Names that the engines keep for themselves: a field of that name gets a `_` behind it.

`e2e/run.py` holds them against the real engines. They stand here because stubs are made where no engine is installed.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AIRFLOW_TAKEN = _words(
    """
    add_inlets add_outlets allow_nested_operators as_setup as_teardown dag dag_id default_args defer
    depends_on_past deserialization_allowed_class_fields do_xcom_push doc doc_json doc_md doc_rst doc_yaml
    downstream_list downstream_task_ids dry_run email email_on_failure email_on_retry end_date execute
    execution_timeout executor executor_config expand_start_trigger_args get_closest_mapped_task_group get_dag
    get_direct_relative_ids get_direct_relatives get_flat_relative_ids get_flat_relatives get_needs_expansion
    get_serialized_fields get_template_env get_upstreams_follow_setups get_upstreams_only_setups
    get_upstreams_only_setups_and_teardowns has_dag has_on_execute_callback has_on_failure_callback
    has_on_retry_callback has_on_skipped_callback has_on_success_callback has_retry_policy
    ignore_first_depends_on_past inherits_from_empty_operator inherits_from_skipmixin inlets is_async is_mapped
    is_setup is_teardown iter_mapped_dependants iter_mapped_task_groups kwargs label leaves log logger_name
    map_index_template max_active_tis_per_dag max_active_tis_per_dagrun max_retry_delay multiple_outputs node_id
    on_execute_callback on_failure_callback on_failure_fail_dagrun on_kill on_retry_callback on_skipped_callback
    on_success_callback operator_class operator_extra_links operator_name outlets output
    overwrite_rtif_after_execution owner params partial pool pool_slots post_execute pre_execute
    prepare_for_execution prepare_template priority_weight queue render_template render_template_as_native_obj
    render_template_fields resolve_template_files resources resume_execution retries retry_delay
    retry_exponential_backoff retry_policy returns_dag_result roots run_as_user self serialize_for_task_group
    set_downstream set_upstream shallow_copy_attrs sla start_date start_from_trigger start_trigger_args
    task_concurrency task_display_name task_group task_id task_type template_ext template_fields
    template_fields_renderers timezone trigger_rule ui_color ui_fgcolor unmap update_relative upstream_list
    upstream_task_ids wait_for_downstream wait_for_past_depends_before_skipping weight_rule
    """
)

PREFECT_TAKEN = frozenset({"self", "credentials", "deferred", "kwargs", "parameters", "return_state", "wait_for"})

PREFECT_MODULE = frozenset({"LONGEST_WAIT_S", "may_be_repeated"})
"""What the module of the tasks has besides."""

BLOCK_TAKEN = _words(
    """
    aload annotations block_initialization config construct copy delete dict fields from_orm get_client json
    load parse_file parse_obj parse_raw register_type_and_schema save schema schema_json self timezone
    update_forward_refs validate
    """
)
