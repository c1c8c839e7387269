# Runs a Redmine of its own: `ruby redmine.rb PORT`, in an environment as run.mjs makes it.
#
# The database is made anew in the instance's folder. When it answers, one line of JSON is written: the
# keys of its users and the numbers of what is in it. It stops when its standard input ends.

require 'json'

ROOT = '/usr/share/redmine'
Dir.chdir(ROOT)
require File.join(ROOT, 'config', 'environment')

# SQLite takes one writer: no job runs beside a request, and no request beside another.
ActiveJob::Base.queue_adapter = :inline
ActiveRecord::Migration.verbose = false
ActiveRecord::Base.connection.migration_context.migrate
# What was read of the tables before there were any.
ActiveRecord::Base.connection.schema_cache.clear!
ActiveRecord::Base.descendants.each(&:reset_column_information)
Redmine::DefaultData::Loader.load('en')

Setting.rest_api_enabled = 1
Setting.default_language = 'en'
Setting.sys_api_enabled = 0

# A method here would be one of everything, also of what writes answers.
make_user = lambda do |login, first, last, admin: false|
  user = User.new(firstname: first, lastname: last, mail: "#{login}@example.com", language: 'en')
  user.login = login
  user.admin = admin
  user.password = user.password_confirmation = 'not-used-here'
  user.save!
  user
end

make_field = lambda do |name, format, **more|
  IssueCustomField.create!(name: name, field_format: format, is_for_all: true, trackers: Tracker.all, **more)
end

developer = Role.find_by!(name: 'Developer')
reporter = Role.find_by!(name: 'Reporter')
developer.add_permission!(:add_issue_watchers, :set_issues_private, :view_private_notes)
# A reporter may create issues and change them, and has nearly no status to change them to.
reporter.add_permission!(:edit_issues)

admin = make_user.call('boss', 'Grace', 'Hopper', admin: true)
dev = make_user.call('dev', 'Ann', 'Baker')
rep = make_user.call('rep', 'Bob', 'Miller')
outsider = make_user.call('out', 'Carl', 'Outside')

shop = Project.create!(name: 'Shop', identifier: 'shop', is_public: true, trackers: Tracker.all)
secret = Project.create!(name: 'Secret', identifier: 'secret', is_public: false, trackers: Tracker.all)
Member.create!(user: dev, project: shop, roles: [developer])
Member.create!(user: rep, project: shop, roles: [reporter])
Member.create!(user: dev, project: secret, roles: [developer])
110.times { |n| Project.create!(name: format('Branch %03d', n + 1), identifier: format('branch-%03d', n + 1), is_public: true, trackers: Tracker.all) }

order = make_field.call('Order', 'string', is_filter: true)
colours = make_field.call('Colours', 'list', multiple: true, possible_values: %w[red green blue])

puts JSON.generate(
  version: Redmine::VERSION.to_s,
  keys: { admin: admin.api_key, dev: dev.api_key, rep: rep.api_key, out: outsider.api_key },
  users: { admin: admin.id, dev: dev.id, rep: rep.id, out: outsider.id },
  project: shop.id, secret: secret.id,
  fields: { order: order.id, colours: colours.id },
  trackers: Tracker.sorted.map { |it| [it.name, it.id] }.to_h,
  statuses: IssueStatus.sorted.map { |it| [it.name, it.id] }.to_h,
  priorities: IssuePriority.active.map { |it| [it.name, it.id] }.to_h
)
$stdout.flush

require 'webrick'
require 'rack/handler/webrick'
server = nil
Thread.new { $stdin.read; server&.shutdown }
path = ENV.fetch('RAILS_RELATIVE_URL_ROOT', '')
app = Rack::Builder.new do
  use Rack::Lock
  map(path.empty? ? '/' : path) { run Rails.application }
end
Rack::Handler::WEBrick.run(app.to_app, Host: '127.0.0.1', Port: Integer(ARGV.fetch(0)), AccessLog: [], Logger: WEBrick::Log.new(File::NULL)) { |it| server = it }
